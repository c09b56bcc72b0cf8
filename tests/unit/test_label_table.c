/* Label tables: one class or several labels, splits, and what is wrong with them. */
#include "graph/label_table.h"

#include "check_main.h"
#include "grad/ops.h"

#include <stdlib.h>
#include <string.h>

static const struct label_columns plain = {.item = "node", .label = "label", .find_splits = true};

static bool read_text(const char *text, const struct label_columns *columns, struct names *items,
                      struct label_table *table, struct error *error)
{
    struct stream *stream = stream_from_memory(text, strlen(text), "t.csv");
    *error = (struct error){0};
    bool done = label_table_read(stream, columns, items, table, error);
    stream_close(stream);
    return done;
}

static void must_read(const char *text, const struct label_columns *columns, struct names *items,
                      struct label_table *table)
{
    struct error error;
    ck_assert_msg(read_text(text, columns, items, table, &error), "%s", error.message);
}

/* Reading for the nodes 0, 1, 2 must fail with this in the message. */
static void must_fail(const char *text, const struct label_columns *columns, const char *part)
{
    struct error error;
    struct label_table table;
    struct names items = names_numbered(3);
    ck_assert_msg(!read_text(text, columns, &items, &table, &error), "accepted: %s", text);
    ck_assert_msg(strstr(error.message, part), "'%s' is not in '%s'", part, error.message);
    names_free(&items);
}

START_TEST(one_class_each)
{
    struct label_table table;
    struct names items = names_numbered(5);
    must_read("label,node,split\nb,3,train\na,0,val\nb,1,test\n,2,none\n", &plain, &items, &table);
    const int32_t labels[5] = {0, 1, LABEL_NONE, 1, LABEL_NONE};
    const uint8_t parts[5] = {SPLIT_VALIDATION, SPLIT_TEST, SPLIT_NONE, SPLIT_TRAIN, SPLIT_NONE};
    ck_assert_uint_eq(table.items, 5);
    ck_assert_mem_eq(table.labels, labels, sizeof labels);
    ck_assert_ptr_null(table.marks);
    ck_assert_uint_eq(table.classes.count, 2);
    ck_assert_str_eq(table.classes.strings[1], "b");
    ck_assert_uint_eq(table.splits, 1);
    ck_assert_str_eq(table.split_names[0], "split");
    ck_assert_mem_eq(table.parts[0], parts, sizeof parts);
    label_table_free(&table);
    names_free(&items);
}
END_TEST

START_TEST(classes_are_in_order)
{
    struct label_table table;
    struct names items = names_numbered(4);
    must_read("node,label\n0,10\n1,9\n2,-1\n3,9\n", &plain, &items, &table);
    const int32_t by_value[4] = {2, 1, 0, 1};
    ck_assert_mem_eq(table.labels, by_value, sizeof by_value);
    ck_assert_str_eq(table.classes.strings[0], "-1");
    label_table_free(&table);
    must_read("node,label\n0,x10\n1,x9\n2,\"é, ü\"\n", &plain, &items, &table);
    ck_assert_str_eq(table.classes.strings[0], "x10");
    ck_assert_str_eq(table.classes.strings[2], "é, ü");
    ck_assert_int_eq(table.labels[2], 2);
    label_table_free(&table);
    names_free(&items);
}
END_TEST

START_TEST(many_splits)
{
    struct label_table table;
    struct names items = names_numbered(2);
    const char *text = "node,label,split1,split0,split3\n0,a,test,train,test\n1,b,train,test,x\n";
    must_read(text, &plain, &items, &table);
    ck_assert_uint_eq(table.splits, 2); /* split3 does not follow */
    ck_assert_str_eq(table.split_names[1], "split1");
    ck_assert(table.parts[0][0] == SPLIT_TRAIN && table.parts[1][0] == SPLIT_TEST);
    label_table_free(&table);
    struct label_columns chosen = plain;
    chosen.split = "split1";
    must_read(text, &chosen, &items, &table);
    ck_assert_uint_eq(table.splits, 1);
    ck_assert(table.parts[0][1] == SPLIT_TRAIN);
    label_table_free(&table);
    chosen.split = NULL;
    chosen.find_splits = false;
    must_read(text, &chosen, &items, &table);
    ck_assert_uint_eq(table.splits, 0);
    label_table_free(&table);
    names_free(&items);
}
END_TEST

START_TEST(several_labels)
{
    struct label_columns several = {.item = "node", .labels = "q,p"};
    struct label_table table;
    struct names items = names_numbered(3);
    must_read("node,p,q,r\n0,1,0,x\n2,1,1,y\n1,,,z\n", &several, &items, &table);
    const int32_t labels[3] = {0, LABEL_NONE, 0};
    const real marks[6] = {0, 1, 0, 0, 1, 1};
    ck_assert_mem_eq(table.labels, labels, sizeof labels);
    ck_assert_mem_eq(table.marks, marks, sizeof marks);
    ck_assert_str_eq(table.classes.strings[0], "q");
    label_table_free(&table);
    names_free(&items);
    must_fail("node,p,q\n0,1,2\n", &several, "t.csv:2: '2' in column 'q'; expected 0 or 1");
    must_fail("node,p,q\n0,1,\n", &several, "t.csv:2: 1 of 2 labels");
    must_fail("node,p\n0,1\n", &several, "no column 'q'");
    several.labels = "p,p";
    must_fail("node,p\n0,1\n", &several, "different names");
}
END_TEST

/* Those that a model knows are the only ones, in its order. */
START_TEST(classes_that_are_known)
{
    struct label_columns known = plain;
    struct label_table table;
    struct names items = names_numbered(2), classes = {0};
    names_add(&classes, "z", 1);
    names_add(&classes, "b", 1);
    names_add(&classes, "a", 1);
    known.classes = &classes;
    must_read("node,label\n0,a\n1,z\n", &known, &items, &table);
    ck_assert_uint_eq(table.classes.count, 3);
    ck_assert_str_eq(table.classes.strings[1], "b");
    ck_assert(table.labels[0] == 2 && table.labels[1] == 0);
    label_table_free(&table);
    must_fail("node,label\n0,a\n1,c\n", &known,
              "t.csv:3: unknown class 'c'; expected one of the 3 of the model");
    names_free(&classes);
    names_free(&items);
}
END_TEST

START_TEST(items_are_added)
{
    struct label_columns adding = plain;
    struct label_table table;
    struct names items = names_numbered(1);
    char text[4096] = "node,label,split\n";
    adding.add_items = true;
    for (int i = 0; i < 100; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "n%d,%d,test\n", i, i % 3);
    must_read(text, &adding, &items, &table);
    ck_assert_uint_eq(items.count, 101);
    ck_assert_uint_eq(table.items, 101);
    ck_assert_int_eq(table.labels[0], LABEL_NONE);
    ck_assert_int_eq(table.labels[100], 0);
    ck_assert_int_eq(table.parts[0][0], SPLIT_NONE);
    ck_assert_int_eq(table.parts[0][100], SPLIT_TEST);
    label_table_free(&table);
    names_free(&items);
}
END_TEST

START_TEST(rows_without_names)
{
    const struct label_columns rows = {.label = "label"};
    struct label_table table;
    struct names items = {0};
    must_read("text,label\nhello,pos\nbye,neg\n", &rows, &items, &table);
    ck_assert_uint_eq(items.count, 2);
    ck_assert(table.labels[0] == 1 && table.labels[1] == 0);
    label_table_free(&table);
    names_free(&items);
    must_fail("label\na\nb\n", &rows, "2 rows; expected 3");
}
END_TEST

START_TEST(what_is_wrong)
{
    must_fail("", &plain, "t.csv: no label");
    must_fail("node,label\n", &plain, "no label");
    must_fail("node,label\n0,\n1,\n", &plain, "no label");
    must_fail("node,class\n0,a\n", &plain, "t.csv:1: no column 'label'");
    must_fail("id,label\n0,a\n", &plain, "t.csv:1: no column 'node'");
    must_fail("node,label\n0,a\n3,b\n", &plain, "t.csv:3: unknown node '3'");
    must_fail("node,label\n0,a\n0,a\n", &plain, "t.csv:3: node '0' again");
    must_fail("node,label\n0,a,b\n", &plain, "t.csv:2: 3 fields; expected 2");
    must_fail("node,label\n,a\n", &plain, "the node is empty");
    must_fail("node,label,split\n0,a,learn\n", &plain, "t.csv:2: 'learn' in column 'split'");
    struct label_columns chosen = plain;
    chosen.split = "fold";
    must_fail("node,label\n0,a\n", &chosen, "no column 'fold'");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("label table");
    TCase *cases = tcase_create("label table");
    tcase_add_test(cases, one_class_each);
    tcase_add_test(cases, classes_are_in_order);
    tcase_add_test(cases, many_splits);
    tcase_add_test(cases, several_labels);
    tcase_add_test(cases, classes_that_are_known);
    tcase_add_test(cases, items_are_added);
    tcase_add_test(cases, rows_without_names);
    tcase_add_test(cases, what_is_wrong);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
