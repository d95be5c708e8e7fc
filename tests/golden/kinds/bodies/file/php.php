<?php

$file = file_get_contents('table.csv');
if ($file === false) {
    throw new RuntimeException('cannot read table.csv');
}

$ch = curl_init('https://api.example.com/v1/import');
curl_setopt_array($ch, [
    CURLOPT_CUSTOMREQUEST => 'PUT',
    CURLOPT_HTTPHEADER => ['Content-Type: text/csv'],
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

$data = json_decode($body, true, flags: JSON_THROW_ON_ERROR);
echo $data['id'], PHP_EOL;
