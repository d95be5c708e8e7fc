package main

import (
	"io"
	"log"
	"net/http"
	"strings"
)

func main() {
	payload := strings.NewReader("\x00\x01\x02\xff")

	req, err := http.NewRequest("PUT", "https://api.example.com/v1/files/2026%2Fa%20b.jsonl", payload)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/octet-stream")

	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()

	if resp.StatusCode >= 400 {
		body, _ := io.ReadAll(resp.Body)
		log.Fatalf("%s %s", resp.Status, body)
	}
}
