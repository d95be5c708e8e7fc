package main

import (
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
  "user": null
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

	body, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	if resp.StatusCode >= 400 {
		log.Fatalf("%s %s", resp.Status, body)
	}

	var data struct {
		Choices []struct {
			Message struct {
				Content string
			}
		}
	}
	if err := json.Unmarshal(body, &data); err != nil {
		log.Fatal(err)
	}
	fmt.Println(data.Choices[0].Message.Content)
}
