<?php

$apiKey = getenv('API_KEY') ?: throw new RuntimeException('API_KEY is not set');

$query = 'key=' . rawurlencode($apiKey)
    . '&flag'
    . '&=' . rawurlencode('no name')
    . '&' . rawurlencode('a b') . '=' . rawurlencode('c d')
    . '&z=' . rawurlencode("it's \"\$x\" 100%\n");

$ch = curl_init("https://api.example.com/v1/find?$query");
curl_setopt_array($ch, [
    CURLOPT_CUSTOMREQUEST => 'PATCH',
    CURLOPT_HTTPHEADER => ['Content-Type: text/plain; charset=utf-8'],
    CURLOPT_POSTFIELDS => 'x',
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
