/**
 * What an operator can set: one properties file, overridden by the environment, read once into checked types.
 *
 * <p>Every mistake is reported, all at once, with the name of the setting and the rule that it breaks. A setting that
 * nobody knows is a mistake too.
 */
@NullMarked
package io.weft.server.config;

import org.jspecify.annotations.NullMarked;
