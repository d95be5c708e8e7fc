<?php

$query = http_build_query(['filter' => 'a b']);

$ch = curl_init("https://api.example.com/v1/find?$query");
curl_setopt_array($ch, [
    CURLOPT_NOBODY => true,
    CURLOPT_RETURNTRANSFER => true,
]);

if (curl_exec($ch) === false) {
    throw new RuntimeException(curl_error($ch));
}

$status = curl_getinfo($ch, CURLINFO_RESPONSE_CODE);
if ($status >= 300) {
    throw new RuntimeException("HTTP status $status");
}
