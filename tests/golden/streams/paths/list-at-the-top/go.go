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
		line := scanner.Text()
		if line == "" {
			continue
		}
		var chunk any
		if err := json.Unmarshal([]byte(line), &chunk); err != nil {
			log.Fatal(err)
		}
		list1, _ := chunk.([]any)
		if len(list1) <= 0 {
			continue
		}
		text, _ := list1[0].(string)
		fmt.Print(text)
	}
	if err := scanner.Err(); err != nil {
		log.Fatal(err)
	}
}
