// Koa 2 is used through Koa 3's types: what the tests call is in both.
declare module 'koa2' {
  import Koa from 'koa';

  export default Koa;
}
