package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
)

func main() {
	req, err := http.NewRequest("GET", "https://api.example.com/v1/find?text=%24HOME%20%60id%60%20%24%7Bx%7D%20%22q%22%20%27q%27%20%5C%20%25s&lines=one%0Atwo%09%0D%0A&emoji=%F0%9F%91%A9%E2%80%8D%F0%9F%92%BB%E2%80%A8&spaces=%20%20a%20%20", nil)
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
		Count int64
	}
	if err := json.Unmarshal(body, &data); err != nil {
		log.Fatal(err)
	}
	fmt.Println(data.Count)
}
