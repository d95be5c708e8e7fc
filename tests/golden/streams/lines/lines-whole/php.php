<?php

$buffer = '';
$ch = curl_init('https://api.example.com/v1/pull');
curl_setopt_array($ch, [
    CURLOPT_POST => true,
    CURLOPT_HTTPHEADER => [
        'Content-Type: application/json',
    ],
    CURLOPT_POSTFIELDS => json_encode([
        'model' => 'llama',
        'stream' => true,
    ]),
    CURLOPT_FAILONERROR => true,
    CURLOPT_WRITEFUNCTION => function ($ch, $text) use (&$buffer) {
        $lines = explode("\n", $buffer . $text);
        $buffer = array_pop($lines);

        foreach ($lines as $line) {
            if (trim($line) === '') {
                continue;
            }
            echo trim($line), PHP_EOL;
        }

        return strlen($text);
    },
]);

if (!curl_exec($ch)) {
    throw new RuntimeException(curl_error($ch));
}
