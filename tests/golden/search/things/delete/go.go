package main

import (
	"io"
	"log"
	"net/http"
	"net/url"
)

func main() {
	query := "fixed=1" +
		"&tag=" + url.QueryEscape("a b") +
		"&q=" + url.QueryEscape("50% & more") +
		"&tag=c" +
		"&all"

	req, err := http.NewRequest("DELETE", "https://api.example.com/v1/things?"+query, nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-Note", `it's "here" $1 \`)
	req.AddCookie(&http.Cookie{Name: "session", Value: "s1"})
	req.AddCookie(&http.Cookie{Name: "theme", Value: "dark"})

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
