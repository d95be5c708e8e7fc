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
	clientSecret := os.Getenv("CLIENT_SECRET")
	if clientSecret == "" {
		log.Fatal("CLIENT_SECRET is not set")
	}

	form := "grant_type=client_credentials" +
		"&scope=" + url.QueryEscape("read write") +
		"&note=" + url.QueryEscape("a&b=ü+")
	payload := strings.NewReader(form)

	req, err := http.NewRequest("POST", "https://api.example.com/oauth/token", payload)
	if err != nil {
		log.Fatal(err)
	}
	req.SetBasicAuth("client 1", clientSecret)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")

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
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &data); err != nil {
		log.Fatal(err)
	}
	fmt.Println(data.AccessToken)
}
