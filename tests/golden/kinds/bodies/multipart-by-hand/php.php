<?php

$file = file_get_contents('table.csv');
if ($file === false) {
    throw new RuntimeException('cannot read table.csv');
}

$ch = curl_init('https://api.example.com/v1/import');
curl_setopt_array($ch, [
    CURLOPT_POST => true,
    CURLOPT_HTTPHEADER => ['Content-Type: multipart/form-data; boundary=boundary-1'],
    CURLOPT_POSTFIELDS => "--boundary-1\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"a\": \"b\\c\"}\r\n--boundary-1\r\nContent-Disposition: form-data; name=\"table=%22é%22\"; filename=\"table.csv\"\r\nContent-Type: text/csv\r\n\r\n"
        . $file
        . "\r\n--boundary-1\r\nContent-Disposition: form-data; name=\"note\"\r\nContent-Type: text/markdown\r\n\r\none\n  two\n\r\n--boundary-1--\r\n",
    CURLOPT_RETURNTRANSFER => true,
]);

$body = curl_exec($ch);
if ($body === false) {
    throw new RuntimeException(curl_error($ch));
}

$status = curl_getinfo($ch, CURLINFO_RESPONSE_CODE);
if ($status >= 300) {
    throw new RuntimeException("$status $body");
}

$data = json_decode($body, true, flags: JSON_THROW_ON_ERROR);
echo $data['id'], PHP_EOL;
