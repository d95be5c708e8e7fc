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
	apiKey := os.Getenv("API_KEY")
	if apiKey == "" {
		log.Fatal("API_KEY is not set")
	}

	query := "key=" + url.QueryEscape(apiKey) +
		"&flag" +
		"&=" + url.QueryEscape("no name") +
		"&" + url.QueryEscape("a b") + "=" + url.QueryEscape("c d") +
		"&z=" + url.QueryEscape("it's \"$x\" 100%\n")

	payload := strings.NewReader("x")

	req, err := http.NewRequest("PATCH", "https://api.example.com/v1/find?"+query, payload)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")

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
