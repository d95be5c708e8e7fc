<?php

$file = file_get_contents('batch.jsonl');
if ($file === false) {
    throw new RuntimeException('cannot read batch.jsonl');
}

$ch = curl_init('https://api.example.com/v1/files/2026%2Fa%20b.jsonl');
curl_setopt_array($ch, [
    CURLOPT_CUSTOMREQUEST => 'PUT',
    CURLOPT_HTTPHEADER => ['Content-Type: application/jsonl'],
    CURLOPT_POSTFIELDS => $file,
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
