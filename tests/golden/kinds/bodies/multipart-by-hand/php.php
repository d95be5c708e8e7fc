<?php

$file = file_get_contents('table.csv');
if ($file === false) {
    throw new RuntimeException('cannot read table.csv');
}

$ch = curl_init('https://api.example.com/v1/import');
curl_setopt_array($ch, [
    CURLOPT_POST => true,
    CURLOPT_HTTPHEADER => ['Content-Type: multipart/form-data; boundary=boundary-1'],
    CURLOPT_POSTFIELDS => implode("\r\n", [
        '--boundary-1',
        'Content-Disposition: form-data; name="meta"',
        'Content-Type: application/json',
        '',
        '{"a": "b\\c"}',
        '--boundary-1',
        'Content-Disposition: form-data; name="table=%22é%22"; filename="table.csv"',
        'Content-Type: text/csv',
        '',
        $file,
        '--boundary-1',
        'Content-Disposition: form-data; name="note"',
        'Content-Type: text/markdown',
        '',
        "one\n  two\n",
        '--boundary-1--',
        '',
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
echo $data['id'], PHP_EOL;
