package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
)

func main() {
	query := "text=" + url.QueryEscape("$HOME `id` ${x} \"q\" 'q' \\ %s") +
		"&lines=" + url.QueryEscape("one\ntwo\t\r\n") +
		"&emoji=" + url.QueryEscape("👩\u200d💻\u2028") +
		"&spaces=" + url.QueryEscape("  a  ")

	req, err := http.NewRequest("GET", "https://api.example.com/v1/find?"+query, nil)
	if err != nil {
		log.Fatal(err)
	}

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
		Count int64
	}
	if err := json.Unmarshal(body, &data); err != nil {
		log.Fatal(err)
	}
	fmt.Println(data.Count)
}
