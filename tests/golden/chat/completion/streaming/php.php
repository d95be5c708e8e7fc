<?php

$apiKey = getenv('EXAMPLE_API_KEY') ?: throw new RuntimeException('EXAMPLE_API_KEY is not set');
$buffer = '';
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
            [
                'role' => 'system',
                'content' => 'Answer in one sentence.',
            ],
            [
                'role' => 'user',
                'content' => "It's \"tea\" for \$2, isn't it? {yes} `no`\nGrüße 🙂",
            ],
        ],
        'temperature' => 0.50,
        'stop' => [],
        'metadata' => new stdClass(),
        'store' => false,
        'user' => null,
        'stream' => true,
    ]),
    CURLOPT_FAILONERROR => true,
    CURLOPT_WRITEFUNCTION => function ($ch, $text) use (&$buffer) {
        $lines = explode("\n", $buffer . $text);
        $buffer = array_pop($lines);

        foreach ($lines as $line) {
            if (!str_starts_with($line, 'data:')) {
                continue;
            }
            $data = trim(substr($line, strlen('data:')));
            if ($data === '[DONE]') {
                break;
            }
            $chunk = json_decode($data, true);
            echo $chunk['choices'][0]['delta']['content'] ?? '';
        }

        return strlen($text);
    },
]);

if (!curl_exec($ch)) {
    throw new RuntimeException(curl_error($ch));
}
