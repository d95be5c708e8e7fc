<?php

$buffer = '';
$write = function ($ch, $text) use (&$buffer) {
    $buffer .= $text;
    if (curl_getinfo($ch, CURLINFO_RESPONSE_CODE) >= 300) {
        return strlen($text); // an error: thrown below
    }
    $lines = explode("\n", $buffer);
    $buffer = array_pop($lines);

    foreach ($lines as $line) {
        if (trim($line) === '') {
            continue;
        }
        echo trim($line), PHP_EOL;
    }

    return strlen($text);
};

$ch = curl_init('https://api.example.com/v1/pull');
curl_setopt_array($ch, [
    CURLOPT_POST => true,
    CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
    CURLOPT_POSTFIELDS => json_encode([
        'model' => 'llama',
        'stream' => true,
    ]),
    CURLOPT_WRITEFUNCTION => $write,
]);

if (!curl_exec($ch)) {
    throw new RuntimeException(curl_error($ch));
}

$status = curl_getinfo($ch, CURLINFO_RESPONSE_CODE);
if ($status >= 300) {
    throw new RuntimeException("$status $buffer");
}

$write($ch, "\n"); // the last line may have no end
