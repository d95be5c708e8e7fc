package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	password := os.Getenv("PASSWORD")
	if password == "" {
		log.Fatal("PASSWORD is not set")
	}

	req, err := http.NewRequest("GET", "https://api.example.com/v1/items?page=1", nil)
	if err != nil {
		log.Fatal(err)
	}
	req.SetBasicAuth("it's{}", password)

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
