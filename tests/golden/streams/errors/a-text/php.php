<?php

$buffer = '';
$error = null;
$write = function ($ch, $text) use (&$buffer, &$error) {
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
        $chunk = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
        if (isset($chunk['error'])) {
            $error = $chunk['error'];
            return 0; // ends the transfer
        }
        echo $chunk['message']['content'] ?? '';
    }

    return strlen($text);
};

$ch = curl_init('https://api.example.com/v1/stream');
curl_setopt_array($ch, [
    CURLOPT_POST => true,
    CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
    CURLOPT_POSTFIELDS => json_encode([
        'stream' => true,
    ]),
    CURLOPT_WRITEFUNCTION => $write,
]);

if (!curl_exec($ch)) {
    throw new RuntimeException($error ?? curl_error($ch));
}

$status = curl_getinfo($ch, CURLINFO_RESPONSE_CODE);
if ($status >= 300) {
    throw new RuntimeException("$status $buffer");
}
if ($write($ch, "\n") === 0) { // the last line may have no end
    throw new RuntimeException($error);
}
