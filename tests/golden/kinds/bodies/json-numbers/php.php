<?php

$ch = curl_init('https://api.example.com/v1/import');
curl_setopt_array($ch, [
    CURLOPT_POST => true,
    CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
    CURLOPT_POSTFIELDS => <<<'JSON'
        {
          "big": 123456789012345678901234567890,
          "one": 1.0,
          "small": 1E-7,
          "zero": -0.0,
          "beyond": 1e400,
          "precise": 0.1000000000000000055511151231257827,
          "index": {"1": "a", "0": "b"}
        }
        JSON,
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
