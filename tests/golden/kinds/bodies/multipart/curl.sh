curl --fail-with-body https://api.example.com/v1/import \
  -F title=Q1 \
  -F 'file=@table.csv;type=text/csv;filename="it'\''s \"Q1\" é.csv"'
