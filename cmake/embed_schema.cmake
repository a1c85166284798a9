# Writes OUT: thien_an::NAME::migrations(), one row per file of FILES. Run by thien_an_schema().
set(rows "")
foreach(file ${FILES})
  get_filename_component(base ${file} NAME)
  file(READ ${file} sql)
  string(APPEND rows "    {\"${NAME}\", \"${base}\", R\"embedded_sql(${sql})embedded_sql\"},\n")
endforeach()
file(WRITE ${OUT}.new "#include \"engine/storage/migrations.h\"

namespace thien_an::${NAME} {
std::span<const storage::Migration> migrations();
std::span<const storage::Migration> migrations()
{
    static const storage::Migration rows[]{
${rows}    };
    return rows;
}
}  // namespace thien_an::${NAME}
")
file(COPY_FILE ${OUT}.new ${OUT} ONLY_IF_DIFFERENT)
