package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
)

func main() {
	firstToken := os.Getenv("FIRST_TOKEN")
	if firstToken == "" {
		log.Fatal("FIRST_TOKEN is not set")
	}

	secondToken := os.Getenv("SECOND_TOKEN")
	if secondToken == "" {
		log.Fatal("SECOND_TOKEN is not set")
	}

	payload := strings.NewReader("token=" + url.QueryEscape(firstToken) + "&n&token=" + url.QueryEscape(secondToken))

	req, err := http.NewRequest("POST", "https://api.example.com/v1/items?page=1", payload)
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
