curl.exe http://api.example.com/x `
  -d $(Get-Content a.txt
