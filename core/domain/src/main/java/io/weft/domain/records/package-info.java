/**
 * The stored form of the model's records: compact JSON behind a format version.
 *
 * <p>Fields that this build does not know are kept with the record and written again. Texts and identities that many
 * records share are held once.
 */
@NullMarked
package io.weft.domain.records;

import org.jspecify.annotations.NullMarked;
