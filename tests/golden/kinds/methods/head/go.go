package main

import (
	"log"
	"net/http"
)

func main() {
	req, err := http.NewRequest("HEAD", "https://api.example.com/v1/things/1", nil)
	if err != nil {
		log.Fatal(err)
	}

	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()

	if resp.StatusCode >= 400 {
		log.Fatal(resp.Status)
	}
}
