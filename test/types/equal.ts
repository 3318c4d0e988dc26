// Two types go in, `true` comes out where they are the same type, to the letter, and not merely assignable.

export type Equal<One, Other> =
  (<Any>() => Any extends One ? 1 : 2) extends <Any>() => Any extends Other ? 1 : 2 ? true : false;
