<?php

$ch = curl_init('http://api.example.com:8080/notes/7');
curl_setopt_array($ch, [
    CURLOPT_CUSTOMREQUEST => 'PATCH',
    CURLOPT_HTTPHEADER => ['Content-Type: text/markdown'],
    CURLOPT_POSTFIELDS => "First line\n\n\tit's \"quoted\", \$HOME, \\n and %s\nEOF\n",
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

echo $body, PHP_EOL;
