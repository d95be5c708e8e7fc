package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
)

func main() {
	payload := strings.NewReader(`{
  "stream": true
}`)

	req, err := http.NewRequest("POST", "https://api.example.com/v1/stream", payload)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")

	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()

	if resp.StatusCode >= 400 {
		body, _ := io.ReadAll(resp.Body)
		log.Fatalf("%s %s", resp.Status, body)
	}

	scanner := bufio.NewScanner(resp.Body)
	scanner.Buffer(nil, 1<<20) // long events
	for scanner.Scan() {
		data, found := strings.CutPrefix(scanner.Text(), "data:")
		if !found {
			continue
		}
		data = strings.TrimSpace(data)
		if data == "[DONE]" {
			break
		}
		var chunk struct {
			Data struct {
				Text  string `json:"text"`
				Fault *struct {
					WhatHappened string `json:"what-happened"`
				} `json:"fault"`
			} `json:"data"`
		}
		if err := json.Unmarshal([]byte(data), &chunk); err != nil {
			log.Fatal(err)
		}
		if chunk.Data.Fault != nil {
			log.Fatal(chunk.Data.Fault.WhatHappened)
		}
		fmt.Print(chunk.Data.Text)
	}
	if err := scanner.Err(); err != nil {
		log.Fatal(err)
	}
}
