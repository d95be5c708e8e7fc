package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
)

func main() {
	apiKey := os.Getenv("API_KEY")
	if apiKey == "" {
		log.Fatal("API_KEY is not set")
	}

	query := "page=1" +
		"&q=" + url.QueryEscape("a b") +
		"&key=" + url.QueryEscape(apiKey) +
		"&tag=a" +
		"&tag=b"

	req, err := http.NewRequest("GET", "https://api.example.com/v1/items?"+query, nil)
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
		ID string
	}
	if err := json.Unmarshal(body, &data); err != nil {
		log.Fatal(err)
	}
	fmt.Println(data.ID)
}
