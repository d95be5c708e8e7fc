package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
)

func main() {
	file, err := os.Open("a.txt")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()

	var payload bytes.Buffer
	form := multipart.NewWriter(&payload)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="content"`},
		"Content-Type":        {"application/json"},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.WriteString(part, `"a"`); err != nil {
		log.Fatal(err)
	}
	part, err = form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="value"`},
		"Content-Type":        {"application/json"},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.WriteString(part, "{}"); err != nil {
		log.Fatal(err)
	}
	part, err = form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="input_file"; filename="a.txt"`},
		"Content-Type":        {"text/plain"},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.Copy(part, file); err != nil {
		log.Fatal(err)
	}
	part, err = form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="mask[]"`},
		"Content-Type":        {"text/plain"},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.WriteString(part, "a\nb"); err != nil {
		log.Fatal(err)
	}
	if err := form.WriteField("user", `{"id": "a\\b"}`); err != nil {
		log.Fatal(err)
	}
	if err := form.Close(); err != nil {
		log.Fatal(err)
	}

	req, err := http.NewRequest("POST", "https://api.example.com/v1/pull", &payload)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())

	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()

	if resp.StatusCode >= 400 {
		body, _ := io.ReadAll(resp.Body)
		log.Fatalf("%s %s", resp.Status, body)
	}

	scanner := bufio.NewScanner(resp.Body)
	scanner.Buffer(nil, 1<<20) // long events
	for scanner.Scan() {
		line := scanner.Text()
		if line == "" {
			continue
		}
		var chunk struct {
			Content string
		}
		if err := json.Unmarshal([]byte(line), &chunk); err != nil {
			log.Fatal(err)
		}
		fmt.Print(chunk.Content)
	}
	if err := scanner.Err(); err != nil {
		log.Fatal(err)
	}
}
