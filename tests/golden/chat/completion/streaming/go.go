package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

func main() {
	apiKey := os.Getenv("EXAMPLE_API_KEY")
	if apiKey == "" {
		log.Fatal("EXAMPLE_API_KEY is not set")
	}

	payload := strings.NewReader(`{
  "model": "small-1",
  "messages": [
    {"role": "system", "content": "Answer in one sentence."},
    {"role": "user", "content": "It's \"tea\" for $2, isn't it? {yes} ` + "`" + `no` + "`" + `\nGrüße 🙂"}
  ],
  "temperature": 0.50,
  "stop": [],
  "metadata": {},
  "store": false,
  "user": null,
  "stream": true
}`)

	req, err := http.NewRequest("POST", "https://api.example.com/v1/chat/completions", payload)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
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
			Choices []struct {
				Delta struct {
					Content string
				}
			}
		}
		if err := json.Unmarshal([]byte(data), &chunk); err != nil {
			log.Fatal(err)
		}
		for _, choice := range chunk.Choices {
			fmt.Print(choice.Delta.Content)
		}
	}
	if err := scanner.Err(); err != nil {
		log.Fatal(err)
	}
}
