package main

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	payload, err := os.ReadFile("batch.jsonl")
	if err != nil {
		log.Fatal(err)
	}

	req, err := http.NewRequest("PUT", "https://api.example.com/v1/files/2026%2Fa%20b.jsonl", bytes.NewReader(payload))
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/jsonl")

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
