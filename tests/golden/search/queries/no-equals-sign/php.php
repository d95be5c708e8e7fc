<?php

$query = rawurlencode('a b')
    . '&c=' . rawurlencode('d e');

$ch = curl_init("https://api.example.com/v1/find?$query");
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
