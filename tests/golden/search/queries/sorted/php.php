<?php

$ch = curl_init('https://api.example.com/v1/find?after=a%20b%26c%3Dd&before=100%25&tag=%C3%A9&tag=%2B&tag=%23');
curl_setopt_array($ch, [
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
echo $data['count'], PHP_EOL;
