<?php

$ch = curl_init('https://api.example.com/v1/numbers');
curl_setopt_array($ch, [
    CURLOPT_POST => true,
    CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
    CURLOPT_POSTFIELDS => <<<'JSON'
        {
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
