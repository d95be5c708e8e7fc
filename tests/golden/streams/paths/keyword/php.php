<?php

$buffer = '';
$ch = curl_init('https://api.example.com/v1/stream');
curl_setopt_array($ch, [
    CURLOPT_POST => true,
    CURLOPT_HTTPHEADER => [
        'Content-Type: application/json',
    ],
    CURLOPT_POSTFIELDS => json_encode([
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
            $chunk = json_decode($data, true);
            echo $chunk['class']['a-b'] ?? '';
        }

        return strlen($text);
    },
]);

if (!curl_exec($ch)) {
    throw new RuntimeException(curl_error($ch));
}
