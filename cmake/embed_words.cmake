# Writes OUT: thien_an::program::own_words(), the words of FOLDER as the program itself holds them, so that it can speak
# where no data packs are found. Run by thien_an_programs().
file(READ ${FOLDER}/words.vi.json vi)
file(READ ${FOLDER}/words.en.json en)
file(WRITE ${OUT}.new "#include \"programs/thienan/speech.h\"

namespace thien_an::program {
OwnWords own_words_written()
{
    return {R\"own_words(${vi})own_words\", R\"own_words(${en})own_words\"};
}
}  // namespace thien_an::program
")
file(COPY_FILE ${OUT}.new ${OUT} ONLY_IF_DIFFERENT)
