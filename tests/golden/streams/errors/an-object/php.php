<?php

$buffer = '';
$done = false;
$error = null;
$ch = curl_init('https://api.example.com/v1/stream');
curl_setopt_array($ch, [
    CURLOPT_POST => true,
    CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
    CURLOPT_POSTFIELDS => json_encode([
        'stream' => true,
    ]),
    CURLOPT_WRITEFUNCTION => function ($ch, $text) use (&$buffer, &$done, &$error) {
        $buffer .= $text;
        if (curl_getinfo($ch, CURLINFO_RESPONSE_CODE) >= 300) {
            return strlen($text); // an error: thrown below
        }
        $lines = explode("\n", $buffer);
        $buffer = array_pop($lines);

        foreach ($lines as $line) {
            if (!str_starts_with($line, 'data:')) {
                continue;
            }
            $data = trim(substr($line, strlen('data:')));
            if ($data === '[DONE]') {
                $done = true;
                return 0; // ends the transfer
            }
            $chunk = json_decode($data, true, flags: JSON_THROW_ON_ERROR);
            if (isset($chunk['error'])) {
                $error = $chunk['error']['message'];
                return 0; // ends the transfer
            }
            echo $chunk['choices'][0]['delta']['content'] ?? '';
        }

        return strlen($text);
    },
]);

if (!curl_exec($ch) && !$done) {
    throw new RuntimeException($error ?? curl_error($ch));
}

$status = curl_getinfo($ch, CURLINFO_RESPONSE_CODE);
if ($status >= 300) {
    throw new RuntimeException("$status $buffer");
}
