curl -F 'code=@main.py' -F 'odd=@notes.txt;filename=$(id).txt' -u admin:secret https://api.example.com/files
