package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
)

func main() {
	payload := strings.NewReader(`{
  "one": 1,
  "one_dot_zero": 1.0,
  "tiny": 1E-7,
  "thirty_digits": 123456789012345678901234567890,
  "beyond_doubles": 9007199254740993,
  "minus_zero": -0,
  "10": "ten",
  "9": "nine",
  "__proto__": "plain",
  "repeated": [1, 2.50, -3e+2]
}`)

	req, err := http.NewRequest("POST", "https://api.example.com/v1/numbers", payload)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")

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
		ID int64
	}
	if err := json.Unmarshal(body, &data); err != nil {
		log.Fatal(err)
	}
	fmt.Println(data.ID)
}
