package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
)

func main() {
	form := url.QueryEscape("metadata[order id]") + "=6735" +
		"&" + url.QueryEscape("items[0][name]") + "=" + url.QueryEscape("a b") +
		"&" + url.QueryEscape("100%") + "=" + url.QueryEscape("[x]")
	payload := strings.NewReader(form)

	req, err := http.NewRequest("POST", "https://api.example.com/v1/import", payload)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")

	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()

	body, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	if resp.StatusCode >= 400 {
		log.Fatalf("%s %s", resp.Status, body)
	}

	var data struct {
		ID string
	}
	if err := json.Unmarshal(body, &data); err != nil {
		log.Fatal(err)
	}
	fmt.Println(data.ID)
}
