package main

import (
	"log"
	"net/http"
	"net/url"
)

func main() {
	query := url.Values{}
	query.Set("filter", "a b")

	req, err := http.NewRequest("HEAD", "https://api.example.com/v1/find?"+query.Encode(), nil)
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
