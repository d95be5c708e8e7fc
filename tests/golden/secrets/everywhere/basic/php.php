<?php

$userName = getenv('USER_NAME') ?: throw new RuntimeException('USER_NAME is not set');
$password = getenv('PASSWORD') ?: throw new RuntimeException('PASSWORD is not set');

$ch = curl_init('https://api.example.com/v1/items?page=1');
curl_setopt_array($ch, [
    CURLOPT_USERPWD => "$userName:$password",
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
