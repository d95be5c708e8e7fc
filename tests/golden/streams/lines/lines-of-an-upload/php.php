<?php

$file = file_get_contents('a.txt');
if ($file === false) {
    throw new RuntimeException('cannot read a.txt');
}

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
        $chunk = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
        echo $chunk['content'] ?? '';
    }

    return strlen($text);
};

$ch = curl_init('https://api.example.com/v1/pull');
curl_setopt_array($ch, [
    CURLOPT_POST => true,
    CURLOPT_HTTPHEADER => ['Content-Type: multipart/form-data; boundary=boundary-1'],
    CURLOPT_POSTFIELDS => implode("\r\n", [
        '--boundary-1',
        'Content-Disposition: form-data; name="content"',
        'Content-Type: application/json',
        '',
        '"a"',
        '--boundary-1',
        'Content-Disposition: form-data; name="value"',
        'Content-Type: application/json',
        '',
        '{}',
        '--boundary-1',
        'Content-Disposition: form-data; name="input_file"; filename="a.txt"',
        'Content-Type: text/plain',
        '',
        $file,
        '--boundary-1',
        'Content-Disposition: form-data; name="mask[]"',
        'Content-Type: text/plain',
        '',
        "a\nb",
        '--boundary-1',
        'Content-Disposition: form-data; name="user"',
        '',
        '{"id": "a\\\\b"}',
        '--boundary-1--',
        '',
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
