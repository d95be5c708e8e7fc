package main

import (
	"io"
	"log"
	"net/http"
)

func main() {
	req, err := http.NewRequest("DELETE", "https://api.example.com/v1/things/1", nil)
	if err != nil {
		log.Fatal(err)
	}

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
