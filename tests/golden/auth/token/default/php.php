<?php

$clientSecret = getenv('CLIENT_SECRET') ?: throw new RuntimeException('CLIENT_SECRET is not set');

$ch = curl_init('https://api.example.com/oauth/token');
curl_setopt_array($ch, [
    CURLOPT_POST => true,
    CURLOPT_USERPWD => "client 1:$clientSecret",
    CURLOPT_POSTFIELDS => http_build_query([
        'grant_type' => 'client_credentials',
        'scope' => 'read write',
        'note' => 'a&b=ü+',
    ]),
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
echo $data['access_token'], PHP_EOL;
