<?php

$ch = curl_init('https://api.example.com/v1/import');
curl_setopt_array($ch, [
    CURLOPT_POST => true,
    CURLOPT_HTTPHEADER => ['Content-Type: multipart/form-data; boundary=boundary-1'],
    CURLOPT_POSTFIELDS => implode("\r\n", [
        '--boundary-1',
        'Content-Disposition: form-data; name="a"',
        '',
        '@not a file',
        '--boundary-1',
        'Content-Disposition: form-data; name="a"',
        '',
        '; type=x',
        '--boundary-1',
        'Content-Disposition: form-data; name="meta"',
        'Content-Type: application/json',
        '',
        '{"a": 1}',
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
