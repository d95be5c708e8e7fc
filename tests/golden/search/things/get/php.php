<?php

$query = 'fixed=1'
    . '&tag=' . rawurlencode('a b')
    . '&q=' . rawurlencode('50% & more')
    . '&tag=c'
    . '&all';

$ch = curl_init("https://api.example.com/v1/things?$query");
curl_setopt_array($ch, [
    CURLOPT_HTTPHEADER => [
        'Accept: application/json',
        'X-Note: it\'s "here" $1 \\',
    ],
    CURLOPT_COOKIE => 'session=s1; theme=dark',
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
echo $data['total'], PHP_EOL;
