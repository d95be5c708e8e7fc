<?php

$apiKey = getenv('EXAMPLE_API_KEY') ?: throw new RuntimeException('EXAMPLE_API_KEY is not set');

$ch = curl_init('https://api.example.com/v1/chat/completions');
curl_setopt_array($ch, [
    CURLOPT_POST => true,
    CURLOPT_HTTPHEADER => [
        "Authorization: Bearer $apiKey",
        'Content-Type: application/json',
    ],
    CURLOPT_POSTFIELDS => json_encode([
        'model' => 'small-1',
        'messages' => [
            ['role' => 'system', 'content' => 'Answer in one sentence.'],
            ['role' => 'user', 'content' => "It's \"tea\" for \$2, isn't it? {yes} `no`\nGrüße 🙂"],
        ],
        'temperature' => 0.50,
        'stop' => [],
        'metadata' => new stdClass(),
        'store' => false,
        'user' => null,
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
echo $data['choices'][0]['message']['content'], PHP_EOL;
